ALTER TABLE "nonces" DROP CONSTRAINT "nonces_k_t_nonce_pk", ADD CONSTRAINT "nonces_t_k_nonce_pk" PRIMARY KEY("t","k","nonce");--> statement-breakpoint
DROP INDEX "nonces_t";