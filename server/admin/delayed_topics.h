// DelayedTopics: an answer that waits until this broker's metadata shows topics as created or as
// deleted.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/metadata/metadata_cache.h"
#include "server/purgatory/delayed_operation.h"

namespace odradek::admin {

class DelayedTopics : public purgatory::DelayedOperation {
 public:
  enum class Until : std::uint8_t { kLed, kGone };

  DelayedTopics(std::int64_t timeout_ms, std::vector<std::string> topics,
                const metadata::MetadataCache& metadata, Until until,
                std::function<void(std::vector<std::string>)> callback);

 protected:
  bool try_complete() override { return unsettled().empty() && force_complete(); }
  void on_complete() override { callback_(unsettled()); }
  void on_expiration() override {}

 private:
  std::vector<std::string> unsettled() const;

  const std::vector<std::string> topics_;
  const metadata::MetadataCache& metadata_;
  const Until until_;
  const std::function<void(std::vector<std::string>)> callback_;
};

}  // namespace odradek::admin
