// Principals of TLS peers: from the certificate's subject to "User:name" by mapping rules.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/security/openssl_handles.h"

namespace odradek::security {

constexpr std::string_view kAnonymousPrincipal = "User:ANONYMOUS";

// The rules of ssl.principal.mapping.rules: "RULE:pattern/replacement/[LU]" and "DEFAULT" with
// commas between them; the first whose pattern matches the whole subject decides. Any thread.
class PrincipalMapper {
 public:
  // Names the rule that cannot be read. Empty text has no rule, so that nobody gets a name.
  static base::Result<PrincipalMapper> parse(std::string_view rules);

  PrincipalMapper(PrincipalMapper&&) noexcept;
  PrincipalMapper& operator=(PrincipalMapper&&) noexcept;
  ~PrincipalMapper();

  // The user name for a subject; an error when no rule applies.
  base::Result<std::string> name_of(std::string_view subject) const;

 private:
  struct Rule;

  PrincipalMapper();

  std::vector<std::unique_ptr<Rule>> rules_;
};

// The subject of the peer's certificate after the handshake, nullopt when it showed none.
std::optional<std::string> peer_subject(ssl_st* session);

// "User:<name>", User:ANONYMOUS without a certificate. Fails when no rule applies: the connection
// must then be refused.
base::Result<std::string> peer_principal(ssl_st* session, const PrincipalMapper& mapper);

}  // namespace odradek::security
