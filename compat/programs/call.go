// A signed call with the standard library of Go: call METHOD TARGET [BODY|@FILE] [CONTENT-TYPE]
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

func digest(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return value
}

func main() {
	args := append(os.Args[1:], "", "", "")
	method, target, body, contentType := args[0], args[1], args[2], args[3]
	base := must(url.Parse(os.Getenv("KEYSEAL_URL")))
	apiKey, secret := os.Getenv("KEYSEAL_API_KEY"), os.Getenv("KEYSEAL_SIGNING_SECRET")
	if strings.HasPrefix(body, "@") {
		body = string(must(os.ReadFile(body[1:])))
	}
	if method == "POST" && contentType == "" {
		contentType = "application/json"
	}
	nonce := make([]byte, 16)
	must(rand.Read(nonce))
	k, t := strings.Split(apiKey, "_")[2], fmt.Sprint(time.Now().Unix())
	n := hex.EncodeToString(nonce)
	signed := strings.Join([]string{"v1.request", k, t, n, method, base.Host, target, contentType,
		digest(""), digest(body)}, "\n")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))

	request := must(http.NewRequest(method, base.Scheme+"://"+base.Host+target, strings.NewReader(body)))
	request.Header.Set("authorization", "Bearer "+apiKey)
	request.Header.Set("x-signature", fmt.Sprintf("v1,k=%s,t=%s,n=%s,s=%s", k, t, n, hex.EncodeToString(mac.Sum(nil))))
	if contentType != "" {
		request.Header.Set("content-type", contentType)
	}
	response := must(http.DefaultClient.Do(request))
	must(io.Copy(os.Stdout, response.Body))
	if response.StatusCode >= 400 {
		os.Exit(1)
	}
}
