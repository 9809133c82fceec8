#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/log.h"
#include "server/security/distinguished_name.h"
#include "server/security/principal.h"
#include "server/security/store_formats.h"
#include "server/security/stores.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

using security::StoreContent;
using security::StorePasswords;

enum What : std::uint8_t { kPem, kPkcs12, kJks, kPrincipals, kWhats };

constexpr std::array<std::string_view, 3> kPasswords{"", "storepass", "keypass"};

void check_certificate(const security::Certificate& certificate) {
  CHECK(certificate != nullptr);
  security::subject_of(*certificate);
  security::alternative_names_of(*certificate);
}

void check_content(const StoreContent& content, const StorePasswords& passwords, What what) {
  CHECK(passwords.want_keys || content.keys.empty());
  for (const security::KeyEntry& entry : content.keys) {
    CHECK(entry.key != nullptr);
    for (const security::Certificate& certificate : entry.chain) check_certificate(certificate);
    if (what == kJks) continue;  // whose entries say themselves what belongs together
    CHECK(!entry.chain.empty());
    CHECK_EQ(X509_check_private_key(entry.chain.front().get(), entry.key.get()), 1);
  }
  for (const security::Certificate& certificate : content.trusted) check_certificate(certificate);
}

// Whether a DER number of three bytes stands in it. As a count of rounds it may be legal and still
// keep a run busy for seconds; that larger ones are refused has its own test.
bool may_take_long(std::string_view der) {
  for (std::size_t at = der.find("\x02\x03"); at != std::string_view::npos && at + 2 < der.size();
       at = der.find("\x02\x03", at + 1)) {
    if (der[at + 2] != 0) return true;
  }
  return false;
}

void check_store(What what, Choices& choices) {
  StorePasswords passwords;
  passwords.store = config::Password(std::string(choices.one_of<std::string_view>(kPasswords)));
  passwords.key = config::Password(std::string(choices.one_of<std::string_view>(kPasswords)));
  passwords.want_keys = choices.flag();
  std::string bytes(base::as_text(choices.rest()));
  if (what == kPkcs12 && may_take_long(bytes)) return;
  auto content = what == kPem      ? security::read_pem(bytes, passwords)
                 : what == kPkcs12 ? security::read_pkcs12(bytes, passwords)
                                   : security::read_jks(bytes, passwords);
  // Or the next handshake of this thread would take them for its own.
  CHECK_EQ(ERR_peek_error(), 0U) << ERR_error_string(ERR_peek_error(), nullptr);
  if (content) {
    check_content(*content, passwords, what);
  } else {
    CHECK(!content.error().message.empty());
  }
  ERR_clear_error();
}

// Rules, a line break, and the subject that they are applied to.
void check_principals(std::string_view text) {
  std::string_view rules = text.substr(0, text.find('\n'));
  std::string_view subject = text.substr(std::min(rules.size() + 1, text.size()));
  auto mapper = security::PrincipalMapper::parse(rules);
  if (!mapper) return;
  auto name = mapper->name_of(subject);
  CHECK(name.ok() || !name.error().message.empty());
}

void run(base::ByteView input) {
  Choices choices(input);
  auto what = static_cast<What>(choices.below(kWhats));
  if (what == kPrincipals) return check_principals(base::as_text(choices.rest()));
  check_store(what, choices);
}

std::string test_file(const std::string& name) {
  auto text = base::read_whole_file(ODRADEK_SOURCE_DIR "/tests/server/security/data/" + name,
                                    security::kMaxStoreBytes);
  CHECK(text.ok()) << text.error().message;
  return *text;
}

base::Bytes seed(std::initializer_list<std::uint8_t> options, std::string_view rest) {
  base::Bytes bytes(options);
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

// A PKCS12 file with nothing enciphered and no checksum, so that mutations reach what is in it.
std::string open_pkcs12() {
  auto content = security::read_pem(test_file("broker.pem"), StorePasswords{});
  CHECK(content.ok()) << content.error().message;
  const security::KeyEntry& entry = content->keys.front();
  std::unique_ptr<PKCS12, decltype(&PKCS12_free)> store(
      PKCS12_create(nullptr, "broker", entry.key.get(), entry.chain.front().get(), nullptr, -1, -1,
                    0, -1, 0),
      &PKCS12_free);
  CHECK(store != nullptr);
  unsigned char* der = nullptr;
  int size = i2d_PKCS12(store.get(), &der);
  CHECK_GT(size, 0);
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

std::vector<base::Bytes> seeds(base::Random&) {
  std::vector<base::Bytes> seeds;
  for (const char* name : {"broker.pem", "ca.pem", "odd.pem", "traditional.pem"}) {
    seeds.push_back(seed({kPem, 0, 0, 1}, test_file(name)));
  }
  seeds.push_back(seed({kPem, 0, 2, 1}, test_file("broker-enciphered.pem")));
  seeds.push_back(seed({kPkcs12, 0, 0, 1}, open_pkcs12()));
  for (const char* name : {"keytool.p12", "openssl.p12", "truststore.p12", "keytool-legacy.p12"}) {
    seeds.push_back(seed({kPkcs12, 1, 0, 1}, test_file(name)));
  }
  for (const char* name : {"broker.jks", "truststore.jks"}) {
    seeds.push_back(seed({kJks, 0, 2, 1}, test_file(name)));
    seeds.push_back(seed({kJks, 1, 2, 1}, test_file(name)));
  }
  seeds.push_back(seed({kPrincipals},
                       "RULE:^CN=(.*?),OU=(.*?)$/$1@$2/L,RULE:^.*UID=(\\w+).*$/\\$$1/U,DEFAULT\n"
                       "CN=Jo,OU=Tests"));
  return seeds;
}

}  // namespace

const Target stores_target{"stores", run, seeds};

}  // namespace odradek::fuzz
