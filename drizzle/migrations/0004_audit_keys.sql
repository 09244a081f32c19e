CREATE TABLE "audit_keys" (
	"version" integer PRIMARY KEY NOT NULL,
	"key_sealed" text NOT NULL,
	"seal_version" integer NOT NULL
);
