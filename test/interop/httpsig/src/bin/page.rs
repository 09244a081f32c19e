//! The program of `docs/en/standard-signatures.md`, which the test copies to the file PAGE.

include!(env!("PAGE"));
