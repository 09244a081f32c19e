ALTER TABLE "keys" ADD COLUMN "reduced_by" text;--> statement-breakpoint
ALTER TABLE "password_resets" ADD COLUMN "workspace_id" text;--> statement-breakpoint
ALTER TABLE "password_resets" ADD CONSTRAINT "password_resets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;