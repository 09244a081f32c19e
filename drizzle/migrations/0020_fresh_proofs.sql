ALTER TABLE "sessions" ADD COLUMN IF NOT EXISTS "method" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN IF NOT EXISTS "proven_at" timestamp with time zone;