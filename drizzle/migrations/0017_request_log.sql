CREATE TABLE "latencies" (
	"key_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"counts" integer[] NOT NULL,
	CONSTRAINT "latencies_key_id_at_pk" PRIMARY KEY("key_id","at")
);
--> statement-breakpoint
CREATE TABLE "latency_days" (
	"key_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"counts" integer[] NOT NULL,
	CONSTRAINT "latency_days_key_id_at_pk" PRIMARY KEY("key_id","at")
);
--> statement-breakpoint
CREATE TABLE "latency_hours" (
	"key_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"counts" integer[] NOT NULL,
	CONSTRAINT "latency_hours_key_id_at_pk" PRIMARY KEY("key_id","at")
);
--> statement-breakpoint
CREATE TABLE "request_log" (
	"workspace_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"id" text NOT NULL,
	"request_id" text NOT NULL,
	"key_id" text NOT NULL,
	"procedure" text NOT NULL,
	"outcome" text NOT NULL,
	"status" integer NOT NULL,
	"duration_ms" double precision NOT NULL,
	"environment" text NOT NULL,
	"address" text,
	"represents" integer NOT NULL,
	CONSTRAINT "request_log_workspace_id_at_id_pk" PRIMARY KEY("workspace_id","at","id")
);
--> statement-breakpoint
CREATE INDEX "latencies_at" ON "latencies" USING btree ("at");--> statement-breakpoint
CREATE INDEX "latency_days_at" ON "latency_days" USING btree ("at");--> statement-breakpoint
CREATE INDEX "latency_hours_at" ON "latency_hours" USING btree ("at");--> statement-breakpoint
CREATE INDEX "request_log_at" ON "request_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "request_log_request" ON "request_log" USING btree ("workspace_id","request_id");--> statement-breakpoint
CREATE INDEX "request_log_key" ON "request_log" USING btree ("workspace_id","key_id","at","id");--> statement-breakpoint
CREATE INDEX "request_log_procedure" ON "request_log" USING btree ("workspace_id","procedure","at","id");--> statement-breakpoint
CREATE INDEX "request_log_refused" ON "request_log" USING btree ("workspace_id","at","id") WHERE "request_log"."outcome" <> 'OK';