CREATE TABLE "credits" (
	"subject" text PRIMARY KEY NOT NULL,
	"remaining" bigint NOT NULL,
	"refill_amount" bigint,
	"refill_every" text,
	"refilled_for" timestamp with time zone NOT NULL,
	CONSTRAINT "credits_never_overspent" CHECK ("credits"."remaining" >= 0)
);
--> statement-breakpoint
CREATE TABLE "external_owners" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"external_id" text NOT NULL,
	"limits" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_windows" (
	"id" text PRIMARY KEY NOT NULL,
	"slices" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"counts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"empty_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage" (
	"key_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"procedure" text NOT NULL,
	"outcome" text NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "usage_key_id_at_procedure_outcome_pk" PRIMARY KEY("key_id","at","procedure","outcome")
);
--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "limits" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "external_owner_id" text;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "authorities" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "external_owners" ADD CONSTRAINT "external_owners_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "external_owners_name" ON "external_owners" USING btree ("workspace_id","external_id");--> statement-breakpoint
CREATE INDEX "rate_windows_empty" ON "rate_windows" USING btree ("empty_at");--> statement-breakpoint
CREATE INDEX "usage_at" ON "usage" USING btree ("at");--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_external_owner_id_external_owners_id_fk" FOREIGN KEY ("external_owner_id") REFERENCES "public"."external_owners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "keys_external_owner" ON "keys" USING btree ("external_owner_id") WHERE external_owner_id is not null;