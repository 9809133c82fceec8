// Settings of Java clients in the words of librdkafka.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"

namespace odradek::tools {

enum class ClientRole : std::uint8_t { kProducer, kConsumer };

struct RdkafkaSettings {
  config::Properties values;
  std::vector<std::string> unknown;  // keys that librdkafka has nothing for
};

// All but keys and certificates, which RdkafkaClient loads. Starts from the Java client's defaults
// where librdkafka's differ. An error names the setting whose value cannot be.
base::Result<RdkafkaSettings> rdkafka_settings(const config::Properties& settings, ClientRole role);

}  // namespace odradek::tools
