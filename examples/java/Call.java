// A signed call with Java 17 or later, without dependencies.
//   export KEYSEAL_URL=http://localhost:3000
//   export KEYSEAL_API_KEY=ks_…  KEYSEAL_SIGNING_SECRET=kss_…
//   java examples/java/Call.java GET  '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'
//   java examples/java/Call.java POST /api/echo '{"text":"hello"}'
//   java examples/java/Call.java POST /api/upload @picture.png application/octet-stream
// With KEYSEAL_USER_TOKEN the key calls on behalf of that user. Body and content type are optional.

import java.net.URI;
import java.net.http.*;
import java.nio.file.*;
import java.security.*;
import java.util.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import static java.nio.charset.StandardCharsets.UTF_8;
class Call {
    public static void main(String[] args) throws Exception {
        var env = System.getenv();
        String given = args.length > 2 ? args[2] : "", file = given.startsWith("@") ? given.substring(1) : null;
        var fault = file == null || Files.isReadable(Path.of(file)) ? "" : "The file " + file + " cannot be read.";
        // Java reads arguments in the locale's charset; in "C" é is lost before it comes here.
        if (given.indexOf('\uFFFD') >= 0) fault = "Set LC_ALL=C.UTF-8, or use @file.";
        if (args.length < 2) fault = "Give a method and a target.";
        if (!env.getOrDefault("KEYSEAL_URL", "").matches("(?i)https?://[^/].*")) fault = "KEYSEAL_URL is not a URL such as http://localhost:3000.";
        for (var name : List.of("KEYSEAL_SIGNING_SECRET", "KEYSEAL_API_KEY", "KEYSEAL_URL"))
            if (env.getOrDefault(name, "").isEmpty()) fault = "Set " + name + " in the environment.";
        if (!fault.isEmpty()) { System.err.println(fault); System.exit(64); }
        String key = env.get("KEYSEAL_API_KEY"), token = env.getOrDefault("KEYSEAL_USER_TOKEN", "");
        String method = args[0], target = args[1];
        var post = method.equals("POST");
        var type = !post ? "" : args.length > 3 ? args[3] : "application/json";
        var body = file != null ? Files.readAllBytes(Path.of(file)) : given.getBytes(UTF_8);
        // HttpClient sends path and query as URI has them raw, what is not ASCII encoded, and no empty "?".
        var uri = URI.create(URI.create(env.get("KEYSEAL_URL").replaceAll("/$", "") + target).toASCIIString());
        var query = uri.getRawQuery() == null || uri.getRawQuery().isEmpty() ? "" : "?" + uri.getRawQuery();
        var ownPort = uri.getScheme().equalsIgnoreCase("https") ? ":443$" : ":80$";
        var authority = uri.getRawAuthority().toLowerCase(Locale.ROOT).replaceAll(ownPort, "");
        String k = key.split("_")[2], t = "" + System.currentTimeMillis() / 1000;
        var nonce = String.format("%032x", new java.math.BigInteger(128, new SecureRandom()));
        var base = String.join("\n", "v1.request", k, t, nonce, method, authority, uri.getRawPath() + query, type,
            sha256(token.getBytes(UTF_8)), sha256(post ? body : new byte[0]));
        var hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec(env.get("KEYSEAL_SIGNING_SECRET").getBytes(UTF_8), "HmacSHA256"));
        var request = HttpRequest.newBuilder(uri).header("authorization", "Bearer " + key)
            .header("x-signature", "v1,k=" + k + ",t=" + t + ",n=" + nonce + ",s=" + HexFormat.of().formatHex(hmac.doFinal(base.getBytes(UTF_8))));
        if (!token.isEmpty()) request.header("x-user-token", token);
        if (post) request.header("content-type", type).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        System.out.writeBytes(response.body());
        System.out.flush();
        System.exit(response.statusCode() < 400 ? 0 : 1);
    }

    static String sha256(byte[] data) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    }
}
