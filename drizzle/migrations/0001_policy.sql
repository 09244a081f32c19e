CREATE TABLE "idempotency" (
	"workspace_id" text NOT NULL,
	"actor" text NOT NULL,
	"procedure" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"input_digest" text NOT NULL,
	"key_id" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_workspace_id_actor_procedure_idempotency_key_pk" PRIMARY KEY("workspace_id","actor","procedure","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "previous_secret_hash" text;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "previous_pepper_version" integer;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "previous_signing_sealed" text;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "previous_signing_version" integer;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "previous_valid_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "previous_last_used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "rotated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "allowed_addresses" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "metadata" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "idempotency" ADD CONSTRAINT "idempotency_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_created" ON "idempotency" USING btree ("created_at");