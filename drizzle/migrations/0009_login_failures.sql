CREATE TABLE "login_failures" (
	"subject" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"begun_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "login_failures_begun" ON "login_failures" USING btree ("begun_at");--> statement-breakpoint
CREATE INDEX "invitations_maker" ON "invitations" USING btree ("invited_by");--> statement-breakpoint
CREATE INDEX "keys_owner" ON "keys" USING btree ("owner_id","workspace_id") WHERE owner_id is not null;--> statement-breakpoint
CREATE INDEX "password_resets_maker" ON "password_resets" USING btree ("made_by");