CREATE INDEX "audit_records_actor" ON "audit_records" USING btree ("workspace_id","actor_id","seq");--> statement-breakpoint
CREATE INDEX "audit_records_action" ON "audit_records" USING btree ("workspace_id","action","seq");--> statement-breakpoint
CREATE INDEX "invitations_over" ON "invitations" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "password_resets_over" ON "password_resets" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "password_resets_user" ON "password_resets" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_live" ON "sessions" USING btree ("user_id","refreshed_at") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "sessions_over" ON "sessions" USING btree (coalesce("ended_at", "expires_at"));