<?php
// A signed call with PHP 8.1 or later, without extensions beyond those that PHP always has (openssl for https).
//
//   export KEYSEAL_URL=http://localhost:3000
//   export KEYSEAL_API_KEY=ks_…  KEYSEAL_SIGNING_SECRET=kss_…
//   php examples/php/call.php GET  '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'
//   php examples/php/call.php POST /api/echo '{"text":"hello"}'
//   php examples/php/call.php POST /api/upload @picture.png application/octet-stream
//
// With KEYSEAL_USER_TOKEN the key calls on behalf of that user. Body and content type are optional. A target is
// already encoded: PHP sends it as it stands, so that is what is signed.

function fail(string $sentence): never
{
    fwrite(STDERR, "$sentence\n");
    exit(64);
}

$names = ['KEYSEAL_URL', 'KEYSEAL_API_KEY', 'KEYSEAL_SIGNING_SECRET'];
[$address, $apiKey, $secret] = array_map(fn ($name) => getenv($name) ?: fail("Set $name in the environment."), $names);
preg_match('~^(https?)://([^/]+)(.*)$~i', $address, $parts)
    || fail('KEYSEAL_URL is not a URL such as http://localhost:3000.');
[, $scheme, $authority, $path] = $parts;
[, $method, $target, $given, $type] = $argv + ['', '', '', '', 'application/json'];
$target !== '' || fail('Give a method and a target.');
$target = rtrim($path, '/') . $target; // A service below a path is called, and signed, with that path.
$token = getenv('KEYSEAL_USER_TOKEN') ?: '';

$body = '';
$headers = ["authorization: Bearer $apiKey"];
if ($token !== '') $headers[] = "x-user-token: $token";
if ($method === 'POST') {
    $file = str_starts_with($given, '@') ? substr($given, 1) : null;
    $body = $file === null ? $given : (is_file($file) ? @file_get_contents($file) : false);
    if ($body === false) fail("The file $file cannot be read.");
    array_push($headers, "content-type: $type", 'content-length: ' . strlen($body));
} else $type = '';

// The authority as the URL standard writes it: lowercase, without the scheme's own port.
$authority = preg_replace(strtolower($scheme) === 'https' ? '/:443$/' : '/:80$/', '', strtolower($authority));

$k = explode('_', $apiKey)[2];
[$t, $nonce] = [time(), bin2hex(random_bytes(16))];
$digests = [hash('sha256', $token), hash('sha256', $body)];
$base = implode("\n", ['v1.request', $k, $t, $nonce, $method, $authority, $target, $type, ...$digests]);
$mac = hash_hmac('sha256', $base, $secret);
$headers[] = "x-signature: v1,k=$k,t=$t,n=$nonce,s=$mac";

// A redirect is not followed: its target would be handed the credentials. A refusal has a body to show too.
$http = ['method' => $method, 'header' => $headers, 'content' => $body, 'timeout' => 30] +
    ['follow_location' => 0, 'ignore_errors' => true, 'protocol_version' => 1.1];
$answer = @file_get_contents("$scheme://$authority$target", false, stream_context_create(['http' => $http]));
echo $answer === false ? error_get_last()['message'] : $answer;
exit(preg_match('~^HTTP/\S+ 2~', $http_response_header[0] ?? '') ? 0 : 1);
