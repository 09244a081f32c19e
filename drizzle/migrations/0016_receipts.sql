CREATE TABLE "receipt_chains" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"head" text NOT NULL,
	"time" bigint NOT NULL
);
