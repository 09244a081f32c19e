CREATE TABLE IF NOT EXISTS "former_identities" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" text NOT NULL,
	CONSTRAINT "former_identities_issuer_subject_user_id_pk" PRIMARY KEY("issuer","subject","user_id")
);
