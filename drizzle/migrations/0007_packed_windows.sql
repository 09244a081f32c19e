ALTER TABLE "rate_windows" ADD COLUMN "first" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rate_windows" ADD COLUMN "hits" integer[] DEFAULT '{}' NOT NULL;