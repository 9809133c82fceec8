// DynamicConfig: a broker's settings as they are now, and how they change while it runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/snapshot.h"
#include "server/config/broker_config.h"
#include "server/config/password_encoder.h"
#include "server/config/reconfigurable.h"

namespace odradek::config {

// Safe from any thread. Readers take the snapshot they need; a change is judged, published and
// applied under one lock, one change after another.
class DynamicConfig {
 public:
  // Passwords in ZooKeeper are opened with password.encoder.secret; without it they are left out.
  explicit DynamicConfig(BrokerConfig at_start);

  std::shared_ptr<const BrokerConfig> current() const { return current_.read(); }

  // Components are borrowed and outlive every call of validate() and update(); they are asked in
  // the order in which they came.
  void add(Reconfigurable& component) EXCLUDES(changing_);

  // May these values, in clear text and all there are, stand for this broker or for all? Changes
  // nothing. kInvalidRequest with the sentence of a JVM broker otherwise.
  base::Status validate(bool for_all_brokers, const Properties& values) EXCLUDES(changing_);

  // Takes what ZooKeeper holds for this broker or for all into use. What cannot be accepted on its
  // own is left out; what does not fit together, or a component refuses, changes nothing at all.
  // Either is told in the log. Pools of threads may change by any factor here: steps were missed,
  // or were agreed upon by another broker.
  void update(bool for_all_brokers, const Properties& stored) EXCLUDES(changing_);

  // What of ZooKeeper's values counts, passwords in clear text; the rest is told in `problems`.
  Properties readable(bool for_all_brokers, const Properties& stored,
                      std::vector<std::string>& problems) const;

  // Files that settings name may hold something else now, though the settings stay.
  void reload_files() EXCLUDES(changing_);

 private:
  // The configuration with one layer replaced; fails as validate() does, between keys.
  base::Result<BrokerConfig> with_layer(bool for_all_brokers, const Properties& values) const;
  std::vector<Reconfigurable*> concerned(const std::vector<std::string>& changed_keys) const
      REQUIRES(changing_);
  base::Status ask_components(const BrokerConfig& now, const BrokerConfig& next) const
      REQUIRES(changing_);

  const std::optional<PasswordEncoder> encoder_;
  base::Snapshot<BrokerConfig> current_;
  base::Mutex changing_;
  std::vector<Reconfigurable*> components_ GUARDED_BY(changing_);
};

// Names whose text differs between two configurations, sorted.
std::vector<std::string> changed_keys(const BrokerConfig& before, const BrokerConfig& after);

}  // namespace odradek::config
