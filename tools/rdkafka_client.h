// RdkafkaClient: a librdkafka producer or consumer made from a Java client's settings.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "server/config/properties.h"
#include "tools/rdkafka_settings.h"

struct rd_kafka_s;
struct rd_kafka_conf_s;
struct rd_kafka_message_s;

namespace odradek::tools {

// What a client of librdkafka is told while it is polled, on the polling thread.
class RdkafkaObserver {
 public:
  virtual ~RdkafkaObserver() = default;
  virtual void on_delivery(const rd_kafka_message_s& message) = 0;
  virtual void on_error(int code, const std::string& reason) = 0;
};

class RdkafkaClient {
 public:
  // Settings without a counterpart are named in one warning. Key stores and trust stores of every
  // type that brokers read are read here too. The observer must outlive the client.
  static base::Result<std::unique_ptr<RdkafkaClient>> create(const config::Properties& settings,
                                                             ClientRole role,
                                                             RdkafkaObserver& observer);
  // Does not wait for anything to be sent: flush first.
  ~RdkafkaClient();
  RdkafkaClient(const RdkafkaClient&) = delete;
  RdkafkaClient& operator=(const RdkafkaClient&) = delete;

  rd_kafka_s* native() const { return handle_; }

 private:
  explicit RdkafkaClient(rd_kafka_s* handle) : handle_(handle) {}

  rd_kafka_s* handle_;
};

// Whether the error means that this client will never be let in.
bool is_authentication_failure(int code, const std::string& reason);

}  // namespace odradek::tools
