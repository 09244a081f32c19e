CREATE TABLE IF NOT EXISTS "provider_logouts" (
	"issuer" text NOT NULL,
	"who" text NOT NULL,
	"logged_out_at" bigint NOT NULL,
	"kept_until" timestamp with time zone NOT NULL,
	CONSTRAINT "provider_logouts_issuer_who_pk" PRIMARY KEY("issuer","who")
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN IF NOT EXISTS "issuer" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN IF NOT EXISTS "issuer_session" text;--> statement-breakpoint
CREATE INDEX "provider_logouts_kept" ON "provider_logouts" USING btree ("kept_until");--> statement-breakpoint
CREATE INDEX "sessions_issuer_session" ON "sessions" USING btree ("issuer","issuer_session") WHERE issuer_session is not null;