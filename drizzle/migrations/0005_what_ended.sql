CREATE INDEX "invitations_over" ON "invitations" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "password_resets_over" ON "password_resets" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "password_resets_user" ON "password_resets" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_over" ON "sessions" USING btree (coalesce("ended_at", "expires_at"));