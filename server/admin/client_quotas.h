// ClientQuotas: the quotas of users, client ids and IP addresses as ZooKeeper holds them, asked for
// with filters and changed one entity at a time (zookeeper.md §6.2).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "zk/store/configs.h"

namespace odradek::admin {

// Whom a quota is for: the parts that are given, each by name, or null for the default of its kind.
struct QuotaEntity {
  using Name = std::optional<std::string>;

  std::optional<Name> user;
  std::optional<Name> client_id;
  std::optional<Name> ip;

  auto operator<=>(const QuotaEntity&) const = default;
};

struct QuotaFilter {
  enum class Match : std::int8_t { kExact, kDefault, kAny };
  struct Component {
    std::string entity_type;  // user, client-id, ip
    Match match = Match::kAny;
    std::string name;  // of kExact
  };

  std::vector<Component> components;
  bool strict = false;  // nothing but entities of exactly these types
};

struct QuotaChange {
  std::string key;
  std::optional<double> value;  // unset removes the key
};

using Quotas = std::map<std::string, double>;

// Safe from any thread; waits for ZooKeeper. Errors bear the sentences of a JVM broker, and
// kUnknownServerError where that fails on its inside.
class ClientQuotas {
 public:
  explicit ClientQuotas(zk::Configs& configs) : configs_(configs) {}

  base::Result<std::map<QuotaEntity, Quotas>> describe(const QuotaFilter& filter);

  // `entity` as a request names it: pairs of type and name, null for the default.
  using EntityParts = std::vector<std::pair<std::string, std::optional<std::string>>>;
  base::Status alter(const EntityParts& entity, const std::vector<QuotaChange>& changes,
                     bool validate_only);

 private:
  zk::Configs& configs_;
};

}  // namespace odradek::admin
