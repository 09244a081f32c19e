CREATE TABLE "exchange_rules" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"issuer" text NOT NULL,
	"audience" text NOT NULL,
	"subject" text NOT NULL,
	"claims" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"environment" text NOT NULL,
	"permissions" jsonb NOT NULL,
	"allowed_addresses" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"limits" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"lifetime_seconds" integer NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exchanged_tokens" (
	"digest" text PRIMARY KEY NOT NULL,
	"key_id" text NOT NULL,
	"retry_digest" text,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN IF NOT EXISTS "exchange_rule_id" text;--> statement-breakpoint
ALTER TABLE "exchange_rules" ADD CONSTRAINT "exchange_rules_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "exchange_rules_workspace" ON "exchange_rules" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "exchange_rules_audience" ON "exchange_rules" USING btree ("issuer","audience");--> statement-breakpoint
CREATE INDEX "exchange_rules_over" ON "exchange_rules" USING btree ("deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "exchanged_tokens_over" ON "exchanged_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "keys_exchange_rule" ON "keys" USING btree ("exchange_rule_id","expires_at") WHERE exchange_rule_id is not null;--> statement-breakpoint
CREATE INDEX "keys_exchanged_over" ON "keys" USING btree ("expires_at") WHERE exchange_rule_id is not null;