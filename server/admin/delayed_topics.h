// DelayedTopics: an answer that waits until this broker's metadata shows of topics what a request
// was to bring about.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/metadata/metadata_cache.h"
#include "server/purgatory/delayed_operation.h"

namespace odradek::admin {

// Whether the metadata shows what is waited for; called often, so it should be quick.
using IsSettled = std::function<bool(const metadata::MetadataImage&, const std::string& topic)>;

class DelayedTopics : public purgatory::DelayedOperation {
 public:
  DelayedTopics(std::int64_t timeout_ms, std::vector<std::string> topics,
                const metadata::MetadataCache& metadata, IsSettled is_settled,
                std::function<void(std::vector<std::string>)> callback);

 protected:
  bool try_complete() override { return unsettled().empty() && force_complete(); }
  void on_complete() override { callback_(unsettled()); }
  void on_expiration() override {}

 private:
  std::vector<std::string> unsettled() const;

  const std::vector<std::string> topics_;
  const metadata::MetadataCache& metadata_;
  const IsSettled is_settled_;
  const std::function<void(std::vector<std::string>)> callback_;
};

}  // namespace odradek::admin
