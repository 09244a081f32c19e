# A signed call with the standard library of Ruby 3.0 or later.
#
#   export KEYSEAL_URL=http://localhost:3000
#   export KEYSEAL_API_KEY=ks_…  KEYSEAL_SIGNING_SECRET=kss_…
#   ruby examples/ruby/call.rb GET  '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'
#   ruby examples/ruby/call.rb POST /api/echo '{"text":"hello"}'
#   ruby examples/ruby/call.rb POST /api/upload @picture.png application/octet-stream
#
# With KEYSEAL_USER_TOKEN the key calls on behalf of that user. Body and content type are optional. A target is
# already encoded: Net::HTTP sends it as it stands, so that is what is signed.
require 'net/http'
require 'openssl'
require 'securerandom'

def fail_with(sentence)
  warn sentence
  exit 64
end

def bytes_of(file)
  File.binread(file)
rescue SystemCallError
  fail_with "The file #{file} cannot be read."
end

address, api_key, secret = %w[KEYSEAL_URL KEYSEAL_API_KEY KEYSEAL_SIGNING_SECRET].map do |name|
  value = ENV.fetch(name, '')
  value.empty? ? fail_with("Set #{name} in the environment.") : value
end
fail_with 'KEYSEAL_URL is not a URL such as http://localhost:3000.' unless address.match?(%r{\Ahttps?://[^/]}i)
method, target, given, type = ARGV
fail_with 'Give a method and a target.' unless target
url = URI(address)
target = url.path.chomp('/') + target # A service below a path is called, and signed, with that path.
token = ENV.fetch('KEYSEAL_USER_TOKEN', '')

body = ''
headers = { 'authorization' => "Bearer #{api_key}" }
headers['x-user-token'] = token unless token.empty?
if method == 'POST'
  headers['content-type'] = type || 'application/json'
  body = given.to_s.start_with?('@') ? bytes_of(given[1..]) : given.to_s
end

# The authority as the URL standard writes it: lowercase, without the scheme's own port.
authority = headers['host'] = url.host.downcase + (url.port == url.default_port ? '' : ":#{url.port}")

k, t, nonce = api_key.split('_')[2], Time.now.to_i, SecureRandom.hex(16)
base = ['v1.request', k, t, nonce, method, authority, target, headers['content-type'].to_s,
        OpenSSL::Digest::SHA256.hexdigest(token), OpenSSL::Digest::SHA256.hexdigest(body)].join("\n")
headers['x-signature'] = "v1,k=#{k},t=#{t},n=#{nonce},s=#{OpenSSL::HMAC.hexdigest('SHA256', secret, base)}"

http = Net::HTTP.new(url.host, url.port, nil)
http.use_ssl = url.scheme == 'https'
response = http.send_request(method, target, method == 'POST' ? body : nil, headers)
$stdout.binmode.write(response.body)
exit response.is_a?(Net::HTTPSuccess)
