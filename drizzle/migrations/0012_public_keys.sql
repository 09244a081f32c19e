CREATE TABLE "possession_proofs" (
	"thumbprint" text NOT NULL,
	"jti" text NOT NULL,
	"used_at" timestamp with time zone NOT NULL,
	CONSTRAINT "possession_proofs_thumbprint_jti_pk" PRIMARY KEY("thumbprint","jti")
);
--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "public_key" jsonb;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "previous_public_key" jsonb;--> statement-breakpoint
CREATE INDEX "possession_proofs_used" ON "possession_proofs" USING btree ("used_at");