vcl 4.1;

backend keyseal {
  .host = "127.0.0.1";
  .port = "3000";
  # Both longer than KEYSEAL_HEARTBEAT_SECONDS: they also limit the silence of a stream.
  .first_byte_timeout = 60s;
  .between_bytes_timeout = 60s;
}

sub vcl_recv {
  # The target has the query too.
  if (req.url ~ "^/metrics(\?|$)") {
    return (synth(404));
  }
  # They replace what the client sent under the same names.
  set req.http.X-Forwarded-For = client.ip;
  set req.http.X-Forwarded-Host = req.http.Host;
  # Varnish itself would cut the answer to the range.
  unset req.http.Range;
  # Nothing is cached: an answer belongs to one signature.
  return (pass);
}

sub vcl_backend_response {
  # Streams arrive as they are written.
  set beresp.do_stream = true;
  set beresp.do_gzip = false;
}
