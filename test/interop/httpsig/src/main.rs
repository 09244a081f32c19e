//! Signs requests and verifies responses by RFC 9421 with the crate httpsig.
//!
//! `sign <algorithm> <keyid> <nonce>` reads component lines (`"@method": POST`) from standard input, and prints the values of
//! `signature-input` and `signature`. `verify <algorithm>` reads these two values first, then component lines, and prints the tag
//! of the signature if it verifies. The key is in KEY: a signing secret, or PEM.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use httpsig::prelude::message_component::HttpMessageComponent;
use httpsig::prelude::*;
use std::{env, error::Error, io};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let lines = io::stdin().lines().collect::<Result<Vec<String>, _>>()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sign", algorithm, key_id, nonce] => sign(algorithm, key_id, nonce, &lines),
        ["verify", algorithm] => verify(algorithm, &lines),
        _ => Err("sign <algorithm> <keyid> <nonce>, or verify <algorithm>".into()),
    }
}

fn sign(algorithm: &str, key_id: &str, nonce: &str, lines: &[String]) -> Outcome<()> {
    let components = components(lines)?;
    let ids: Vec<_> = components.iter().map(|component| component.id.clone()).collect();
    let mut parameters = HttpSignatureParams::try_new(&ids)?;
    parameters.set_keyid(key_id).set_nonce(nonce).set_tag("keyseal");
    let base = HttpSignatureBase::try_new(&components, &parameters)?;
    let headers = match algorithm {
        "hmac-sha256" => base.build_signature_headers(&shared_key()?, Some("rust"))?,
        _ => base.build_signature_headers(&SecretKey::from_pem(&AlgorithmName::Ed25519, &key()?)?, Some("rust"))?,
    };
    println!("{}\n{}", headers.signature_input_header_value(), headers.signature_header_value());
    Ok(())
}

/// Builds the base from the parameters as they came: the crate's own base puts them in another order (RFC 9421 §2.5 keeps it).
fn verify(algorithm: &str, lines: &[String]) -> Outcome<()> {
    let [input, signature, rest @ ..] = lines else { return Err("two headers are needed".into()) };
    let parsed = HttpSignatureHeaders::try_parse(signature, input)?;
    let (label, headers) = parsed.first().ok_or("there is no signature")?;
    let covered = components(rest)?;
    if !covered.iter().map(|component| &component.id).eq(&headers.signature_params().covered_components) {
        return Err("other components".into());
    }
    let parameters = &input[label.len() + 1..];
    let all: Vec<String> = covered.iter().map(|component| component.to_string()).collect();
    let base = format!("{}\n\"@signature-params\": {parameters}", all.join("\n"));
    let bytes = STANDARD.decode(headers.signature().to_string())?;
    match algorithm {
        "hmac-sha256" => shared_key()?.verify(base.as_bytes(), &bytes)?,
        _ => PublicKey::from_pem(&AlgorithmName::Ed25519, &key()?)?.verify(base.as_bytes(), &bytes)?,
    };
    println!("{}", headers.signature_params().tag.clone().unwrap_or_default());
    Ok(())
}

fn components(lines: &[String]) -> Outcome<Vec<HttpMessageComponent>> {
    let all = lines.iter().filter(|line| !line.is_empty()).map(|line| HttpMessageComponent::try_from(line.as_str()));
    Ok(all.collect::<Result<_, _>>()?)
}

fn key() -> Outcome<String> {
    Ok(env::var("KEY")?)
}

/// The text of the signing secret is the key.
fn shared_key() -> Outcome<SharedKey> {
    Ok(SharedKey::from_base64(&AlgorithmName::HmacSha256, &STANDARD.encode(key()?))?)
}
