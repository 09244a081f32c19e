// Calls a URL with a request that is signed by RFC 9421, and verifies the signature of the response, with the module httpsign. It
// knows nothing of Keyseal.
//
// `go run . <algorithm> <algorithm of the response> <keyid> <nonce> <url>` posts standard input as JSON, and prints the body of the
// response if it verifies. KEY is a signing secret or a private key in PEM, RESPONSE_KEY a secret or a public key in PEM. BEARER and
// ACCEPT_SIGNATURE are headers.
package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/yaronf/httpsign"
)

const label = "go"

func main() {
	body, err := call(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(body)
}

func call(algorithm, responseAlgorithm, keyID, nonce, url string) (string, error) {
	signer, err := signerBy(algorithm, keyID, nonce)
	if err != nil {
		return "", err
	}
	verifier, err := verifierBy(responseAlgorithm)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequest("POST", url, os.Stdin)
	if err != nil {
		return "", err
	}
	request.Header.Set("authorization", "Bearer "+os.Getenv("BEARER"))
	request.Header.Set("content-type", "application/json")
	request.Header.Set("accept-signature", os.Getenv("ACCEPT_SIGNATURE"))
	config := httpsign.NewClientConfig().SetSignatureName(label).SetSigner(signer).SetVerifier(verifier)
	response, err := httpsign.NewDefaultClient(config).Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func signerBy(algorithm, keyID, nonce string) (*httpsign.Signer, error) {
	config := httpsign.NewSignConfig().SetKeyID(keyID).SetNonce(nonce).SetTag("keyseal")
	fields := httpsign.Headers("@method", "@target-uri", "content-type", "content-digest")
	if algorithm == "hmac-sha256" {
		return httpsign.NewHMACSHA256Signer(padded(os.Getenv("KEY")), config, fields)
	}
	block, _ := pem.Decode([]byte(os.Getenv("KEY")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	switch algorithm {
	case "ed25519":
		return httpsign.NewEd25519Signer(key.(ed25519.PrivateKey), config, fields)
	case "ecdsa-p256-sha256":
		return httpsign.NewP256Signer(*key.(*ecdsa.PrivateKey), config, fields)
	case "ecdsa-p384-sha384":
		return httpsign.NewP384Signer(*key.(*ecdsa.PrivateKey), config, fields)
	case "rsa-v1_5-sha256":
		return httpsign.NewRSASigner(*key.(*rsa.PrivateKey), config, fields)
	case "rsa-pss-sha512":
		return httpsign.NewRSAPSSSigner(*key.(*rsa.PrivateKey), config, fields)
	}
	return nil, fmt.Errorf("another algorithm: %s", algorithm)
}

func verifierBy(algorithm string) (*httpsign.Verifier, error) {
	config := httpsign.NewVerifyConfig().SetAllowedTags([]string{"keyseal-response"}).SetAllowedAlgs([]string{algorithm})
	fields := httpsign.Headers("@status", "content-digest", "content-type", "x-request-id")
	fields.AddHeaderExt("@method", false, false, true, false)
	fields.AddHeaderExt("@target-uri", false, false, true, false)
	if algorithm == "hmac-sha256" {
		return httpsign.NewHMACSHA256Verifier(padded(os.Getenv("RESPONSE_KEY")), config, fields)
	}
	block, _ := pem.Decode([]byte(os.Getenv("RESPONSE_KEY")))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return httpsign.NewEd25519Verifier(key.(ed25519.PublicKey), config, fields)
}

// The module takes no secret of less than 64 bytes. HMAC fills a shorter one with zeros (RFC 2104 §2), so this one makes the same MACs.
func padded(secret string) []byte {
	key := make([]byte, 64)
	copy(key, secret)
	return key
}
