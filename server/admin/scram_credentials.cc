#include "server/admin/scram_credentials.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/base64.h"
#include "base/log.h"
#include "base/text.h"
#include "zk/data/paths.h"

namespace odradek::admin {
namespace {

using protocol::ErrorCode;

constexpr std::int32_t kMinIterations = 4096;
constexpr std::int32_t kMaxIterations = 16384;
constexpr std::array<ScramMechanism, 2> kMechanisms = {ScramMechanism::kSha256,
                                                       ScramMechanism::kSha512};

const EVP_MD* digest_of(ScramMechanism mechanism) {
  return mechanism == ScramMechanism::kSha256 ? EVP_sha256() : EVP_sha512();
}

base::Bytes hmac(ScramMechanism mechanism, base::ByteView key, std::string_view text) {
  base::Bytes out(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  base::ByteView data = base::as_bytes(text);
  CHECK(HMAC(digest_of(mechanism), key.data(), static_cast<int>(key.size()), data.data(),
             data.size(), out.data(), &size) != nullptr);
  out.resize(size);
  return out;
}

base::Bytes digest(ScramMechanism mechanism, base::ByteView data) {
  base::Bytes out(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  CHECK_EQ(EVP_Digest(data.data(), data.size(), out.data(), &size, digest_of(mechanism), nullptr),
           1);
  out.resize(size);
  return out;
}

std::string entity_of(const std::string& user) { return "users/" + zk::paths::sanitize(user); }

base::Error refused(ErrorCode code, std::string why) { return base::Error(code, std::move(why)); }

base::Status check_name_and_mechanism(const std::string& user, ScramMechanism mechanism) {
  if (user.empty()) {
    return refused(ErrorCode::kUnacceptableCredential, "Username must not be empty");
  }
  if (mechanism != ScramMechanism::kUnknown) return {};
  return refused(ErrorCode::kUnsupportedSaslMechanism, "Unknown SCRAM mechanism");
}

base::Status check_upsertion(const ScramUpsertion& upsertion) {
  base::Status known = check_name_and_mechanism(upsertion.user, upsertion.mechanism);
  if (!known) return known;
  if (upsertion.iterations < kMinIterations) {
    return refused(ErrorCode::kUnacceptableCredential, "Too few iterations");
  }
  if (upsertion.iterations > kMaxIterations) {
    return refused(ErrorCode::kUnacceptableCredential, "Too many iterations");
  }
  return {};
}

// What one request asks of one user.
struct UserChange {
  std::vector<const ScramDeletion*> deletions;
  std::vector<const ScramUpsertion*> upsertions;
  base::Status status;  // the first thing that is wrong
};

// In the order in which users are first named.
class UserChanges {
 public:
  UserChange& of(const std::string& user) {
    auto [at, fresh] = by_user_.try_emplace(user);
    if (fresh) order_.push_back(user);
    return at->second;
  }
  const std::vector<std::string>& order() const { return order_; }

 private:
  std::vector<std::string> order_;
  std::map<std::string, UserChange> by_user_;
};

base::Status check_no_duplicates(const UserChange& change) {
  std::set<ScramMechanism> mechanisms;
  bool once = true;
  for (const auto* deletion : change.deletions) {
    once = mechanisms.insert(deletion->mechanism).second && once;
  }
  for (const auto* upsertion : change.upsertions) {
    once = mechanisms.insert(upsertion->mechanism).second && once;
  }
  if (once) return {};
  return refused(ErrorCode::kDuplicateResource,
                 "A user credential cannot be altered twice in the same request");
}

base::Status apply_change(const UserChange& change, zk::ConfigMap& values) {
  for (const auto* deletion : change.deletions) {
    if (values.contains(scram_mechanism_name(deletion->mechanism))) continue;
    return refused(ErrorCode::kResourceNotFound,
                   "Attempt to delete a user credential that does not exist");
  }
  for (const auto* deletion : change.deletions) {
    values.erase(scram_mechanism_name(deletion->mechanism));
  }
  for (const auto* upsertion : change.upsertions) {
    auto text = scram_credential_text(*upsertion);
    if (!text) return text.error();
    values[scram_mechanism_name(upsertion->mechanism)] = std::move(*text);
  }
  return {};
}

// Nothing when the user has none.
std::optional<ScramCredentials::Described> described(const std::string& user,
                                                     const zk::ConfigMap& values) {
  ScramCredentials::Described answer{.user = user, .status = {}, .credentials = {}};
  for (ScramMechanism mechanism : kMechanisms) {
    auto stored = values.find(scram_mechanism_name(mechanism));
    if (stored == values.end()) continue;
    auto iterations = scram_iterations(stored->second);
    if (!iterations) {
      answer.status = iterations.error();
      answer.credentials.clear();
      return answer;
    }
    answer.credentials.push_back({mechanism, *iterations});
  }
  if (answer.credentials.empty()) return std::nullopt;
  return answer;
}

}  // namespace

ScramMechanism scram_mechanism(std::int8_t number) {
  return number == 1 || number == 2 ? static_cast<ScramMechanism>(number)
                                    : ScramMechanism::kUnknown;
}

const char* scram_mechanism_name(ScramMechanism mechanism) {
  switch (mechanism) {
    case ScramMechanism::kSha256:
      return "SCRAM-SHA-256";
    case ScramMechanism::kSha512:
      return "SCRAM-SHA-512";
    case ScramMechanism::kUnknown:
      break;
  }
  return "UNKNOWN";
}

base::Result<std::string> scram_credential_text(const ScramUpsertion& upsertion) {
  if (upsertion.salted_password.empty()) return base::Error("the salted password is empty");
  base::Bytes client_key = hmac(upsertion.mechanism, upsertion.salted_password, "Client Key");
  base::Bytes server_key = hmac(upsertion.mechanism, upsertion.salted_password, "Server Key");
  return "salt=" + base::base64_encode(upsertion.salt) +
         ",stored_key=" + base::base64_encode(digest(upsertion.mechanism, client_key)) +
         ",server_key=" + base::base64_encode(server_key) +
         ",iterations=" + std::to_string(upsertion.iterations);
}

base::Result<std::int32_t> scram_iterations(std::string_view credential) {
  std::map<std::string, std::string, std::less<>> fields;
  for (std::string_view pair : base::split(credential, ',')) {
    std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return base::Error("a SCRAM credential is malformed");
    fields[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
  }
  bool whole = fields.size() == 4;
  for (const char* name : {"salt", "stored_key", "server_key"}) {
    whole = whole && fields.contains(name) && base::base64_decode(fields.find(name)->second);
  }
  auto iterations = fields.find("iterations");
  auto count =
      iterations == fields.end() ? std::nullopt : base::parse_int<std::int32_t>(iterations->second);
  if (!whole || !count) return base::Error("a SCRAM credential is malformed");
  return *count;
}

base::Result<std::vector<ScramCredentials::Described>> ScramCredentials::describe(
    const std::vector<std::string>& users) {
  std::vector<Described> answers;
  if (users.empty()) {
    auto nodes = configs_.entities("users");
    if (!nodes) return nodes.error();
    std::map<std::string, std::string> paths;  // by user, sorted as upstream answers
    for (const std::string& node : *nodes) {
      if (auto user = zk::paths::desanitize(node)) paths[*user] = "users/" + node;
    }
    std::vector<std::string> all;
    for (const auto& [user, path] : paths) all.push_back(path);
    auto stored = configs_.read(all);
    if (!stored) return stored.error();
    for (const auto& [user, path] : paths) {
      auto values = stored->find(path);
      if (values == stored->end()) continue;
      if (auto answer = described(user, values->second)) answers.push_back(std::move(*answer));
    }
    return answers;
  }
  std::set<std::string> answered;
  for (const std::string& user : users) {
    if (!answered.insert(user).second) continue;
    if (user.empty()) {
      answers.push_back(
          {user, refused(ErrorCode::kResourceNotFound, "Username must not be empty"), {}});
      continue;
    }
    if (std::ranges::count(users, user) > 1) {
      answers.push_back(
          {user,
           refused(ErrorCode::kDuplicateResource,
                   "Cannot describe SCRAM credentials for the same user twice in a single "
                   "request: " +
                       user),
           {}});
      continue;
    }
    auto values = configs_.read_or_none(entity_of(user));
    auto answer = values ? described(user, *values) : std::nullopt;
    base::Error missing = values ? refused(ErrorCode::kResourceNotFound,
                                           "Attempt to describe a user credential that does not "
                                           "exist: " +
                                               user)
                                 : values.error();
    answers.push_back(answer ? std::move(*answer) : Described{user, missing, {}});
  }
  return answers;
}

std::vector<ScramCredentials::Altered> ScramCredentials::alter(
    const std::vector<ScramDeletion>& deletions, const std::vector<ScramUpsertion>& upsertions) {
  UserChanges changes;
  for (const ScramDeletion& deletion : deletions) {
    UserChange& change = changes.of(deletion.user);
    change.deletions.push_back(&deletion);
    base::Status fine = check_name_and_mechanism(deletion.user, deletion.mechanism);
    if (!fine) change.status = fine;
  }
  for (const ScramUpsertion& upsertion : upsertions) {
    UserChange& change = changes.of(upsertion.user);
    change.upsertions.push_back(&upsertion);
    base::Status fine = check_upsertion(upsertion);
    if (!fine) change.status = fine;
  }
  std::vector<Altered> answers;
  for (const std::string& user : changes.order()) {
    UserChange& change = changes.of(user);
    if (change.status) change.status = check_no_duplicates(change);
    if (change.status) {
      auto values = configs_.read_or_none(entity_of(user));
      change.status = values ? apply_change(change, *values) : base::Status(values.error());
      if (change.status) change.status = configs_.write(entity_of(user), *values);
    }
    answers.push_back({user, change.status});
  }
  return answers;
}

}  // namespace odradek::admin
