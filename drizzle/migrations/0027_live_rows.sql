CREATE INDEX "exchange_rules_live" ON "exchange_rules" USING btree ("workspace_id","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "exchange_rules_live_audience" ON "exchange_rules" USING btree ("issuer","audience") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "invitations_open" ON "invitations" USING btree ("workspace_id","created_at","id") WHERE accepted_at is null and revoked_at is null;--> statement-breakpoint
CREATE INDEX "keys_owner_enabled" ON "keys" USING btree ("owner_id","workspace_id") WHERE owner_id is not null and enabled and revoked_at is null;--> statement-breakpoint
CREATE INDEX "keys_exchange_rule_live" ON "keys" USING btree ("exchange_rule_id","expires_at") WHERE exchange_rule_id is not null and revoked_at is null;--> statement-breakpoint
CREATE INDEX "memberships_current" ON "memberships" USING btree ("workspace_id","user_id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "password_resets_open_user" ON "password_resets" USING btree ("user_id") WHERE spent_at is null;--> statement-breakpoint
CREATE INDEX "password_resets_open_maker" ON "password_resets" USING btree ("made_by") WHERE spent_at is null;--> statement-breakpoint
CREATE INDEX "password_resets_open_workspace" ON "password_resets" USING btree ("workspace_id") WHERE spent_at is null;