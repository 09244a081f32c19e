# A signed call with the core modules of Perl: call.pl METHOD TARGET [BODY|@FILE] [CONTENT-TYPE]
use strict;
use warnings;
use Digest::SHA qw(sha256_hex hmac_sha256_hex);
use HTTP::Tiny;

my ($method, $target, $body, $type) = (@ARGV, ('') x 4);
if ($body =~ /^@(.*)/s) {
    open(my $file, '<:raw', $1) or die "The file $1 cannot be read.\n";
    local $/;
    $body = <$file>;
}
$type = 'application/json' if $method eq 'POST' && $type eq '';
my ($scheme, $authority) = $ENV{KEYSEAL_URL} =~ m{^(https?)://([^/]+)};
my ($key, $secret) = @ENV{qw(KEYSEAL_API_KEY KEYSEAL_SIGNING_SECRET)};
open(my $random, '<:raw', '/dev/urandom') or die;
read($random, my $bytes, 16);
my ($k, $t, $n) = ((split /_/, $key)[2], time, unpack('H*', $bytes));
my $base = join "\n", 'v1.request', $k, $t, $n, $method, $authority, $target, $type, sha256_hex(''), sha256_hex($body);
my $mac = hmac_sha256_hex($base, $secret);
my %headers = (authorization => "Bearer $key", 'x-signature' => "v1,k=$k,t=$t,n=$n,s=$mac");
$headers{'content-type'} = $type if $type ne '';
my %options = (headers => \%headers, ($method eq 'POST' ? (content => $body) : ()));
my $response = HTTP::Tiny->new(timeout => 30, verify_SSL => 1)->request($method, "$scheme://$authority$target", \%options);
binmode STDOUT;
print $response->{content};
exit($response->{status} >= 400);
