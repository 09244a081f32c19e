ALTER TABLE "memberships" ADD COLUMN IF NOT EXISTS "keys_ended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN IF NOT EXISTS "emptied_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN IF NOT EXISTS "rev" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "memberships_with_former_keys" ON "memberships" USING btree ("workspace_id","user_id") WHERE removed_at is not null and keys_ended_at is null;--> statement-breakpoint
CREATE INDEX "workspaces_to_empty" ON "workspaces" USING btree ("id") WHERE deleted_at is not null and emptied_at is null;