#include "tools/rdkafka_settings.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"

namespace odradek::tools {
namespace {

// Same name, same values. Everything else stands in the functions below.
constexpr std::array<std::string_view, 34> kSame{
    "bootstrap.servers",
    "client.id",
    "client.rack",
    "acks",
    "linger.ms",
    "batch.size",
    "compression.type",
    "retries",
    "delivery.timeout.ms",
    "enable.idempotence",
    "max.in.flight.requests.per.connection",
    "transactional.id",
    "transaction.timeout.ms",
    "metadata.max.age.ms",
    "connections.max.idle.ms",
    "socket.connection.setup.timeout.ms",
    "group.id",
    "group.instance.id",
    "enable.auto.commit",
    "auto.commit.interval.ms",
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "max.poll.interval.ms",
    "isolation.level",
    "fetch.min.bytes",
    "fetch.max.bytes",
    "max.partition.fetch.bytes",
    "check.crcs",
    "allow.auto.create.topics",
    "sasl.mechanism",
    "sasl.kerberos.service.name",
    "reconnect.backoff.ms",
    "reconnect.backoff.max.ms",
    "retry.backoff.ms",
};

struct Renamed {
  std::string_view java;
  std::string_view rdkafka;
};
constexpr std::array<Renamed, 4> kRenamed{{
    {"max.request.size", "message.max.bytes"},
    {"send.buffer.bytes", "socket.send.buffer.bytes"},
    {"receive.buffer.bytes", "socket.receive.buffer.bytes"},
    {"fetch.max.wait.ms", "fetch.wait.max.ms"},
}};

// Without meaning to a tool that moves bytes, or taken care of elsewhere: no warning is due.
constexpr std::array<std::string_view, 14> kNotNeeded{
    "key.serializer",      "value.serializer",
    "key.deserializer",    "value.deserializer",
    "max.block.ms",        "max.poll.records",
    "metric.reporters",    "interceptor.classes",
    "security.providers",  "exclude.internal.topics",
    "client.dns.lookup",   "default.api.timeout.ms",
    "metrics.num.samples", "metrics.sample.window.ms",
};

template <class Array>
bool contains(const Array& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::string> quoted_value(std::string_view text, std::string_view name) {
  std::size_t at = text.find(std::string(name) + "=\"");
  if (at == std::string_view::npos) return std::nullopt;
  at += name.size() + 2;
  std::size_t end = text.find('"', at);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(text.substr(at, end - at));
}

std::string assignor_of(std::string_view class_name) {
  if (class_name.ends_with("CooperativeStickyAssignor")) return "cooperative-sticky";
  if (class_name.ends_with("RoundRobinAssignor")) return "roundrobin";
  return "range";
}

// Keys with an order of their own in either client.
class Translation {
 public:
  Translation(const config::Properties& settings, ClientRole role)
      : settings_(settings), role_(role) {}

  base::Result<RdkafkaSettings> run() {
    set_defaults();
    for (const auto& [key, value] : settings_) {
      if (base::Status done = translate(key, std::string(base::trim(value))); !done) {
        return done.error();
      }
    }
    if (role_ == ClientRole::kProducer) settle_idempotence();
    return std::move(result_);
  }

 private:
  void set(std::string_view key, std::string value) {
    result_.values[std::string(key)] = std::move(value);
  }

  void set_defaults() {
    set("socket.nagle.disable", "true");  // as Java does: else each small request costs 40 ms
    if (role_ == ClientRole::kConsumer) {
      set("allow.auto.create.topics", "true");
      set("isolation.level", "read_uncommitted");
      return;
    }
    set("partitioner", "murmur2_random");  // keys go where Java clients send them
    set("message.max.bytes", "1048576");
    set("delivery.timeout.ms", "120000");
    set("max.in.flight.requests.per.connection", "5");
    set("queue.buffering.max.messages", "10000000");
  }

  // As in Java, unless told otherwise it is on where the other settings allow it.
  void settle_idempotence() {
    if (settings_.contains("enable.idempotence")) return;
    std::string acks = result_.values["acks"];
    bool all = acks.empty() || acks == "-1" || acks == "all";
    bool ordered =
        base::parse_int<int>(result_.values["max.in.flight.requests.per.connection"]).value_or(0) <=
        5;
    bool retries = result_.values["retries"] != "0";
    set("enable.idempotence", all && ordered && retries ? "true" : "false");
    if (acks.empty()) result_.values.erase("acks");
    if (result_.values["retries"].empty()) result_.values.erase("retries");
  }

  base::Status translate(const std::string& key, std::string value) {
    if (contains(kSame, key)) {
      set(key, std::move(value));
      return {};
    }
    for (const Renamed& renamed : kRenamed) {
      if (renamed.java != key) continue;
      // -1 means the system's choice there, 0 here.
      set(renamed.rdkafka, value == "-1" ? "0" : std::move(value));
      return {};
    }
    if (contains(kNotNeeded, key)) return {};
    if (key.starts_with("ssl.")) return translate_tls(key, value);
    return translate_special(key, value);
  }

  base::Status translate_tls(const std::string& key, const std::string& value) {
    if (key == "ssl.endpoint.identification.algorithm") {
      set(key, value.empty() ? "none" : base::to_lower(value));
      return {};
    }
    bool loaded = key.starts_with("ssl.keystore.") || key.starts_with("ssl.truststore.") ||
                  key == "ssl.key.password";
    if (!loaded && key != "ssl.protocol" && key != "ssl.enabled.protocols") {
      result_.unknown.push_back(key);
    }
    return {};
  }

  base::Status translate_special(const std::string& key, const std::string& value) {
    if (key == "security.protocol") {
      set(key, base::to_lower(value));
    } else if (key == "auto.offset.reset") {
      set(key, value == "none" ? "error" : value);
    } else if (key == "request.timeout.ms") {
      set(role_ == ClientRole::kProducer ? "request.timeout.ms" : "socket.timeout.ms", value);
    } else if (key == "buffer.memory") {
      auto bytes = base::parse_int<std::int64_t>(value, 0);
      if (!bytes) return base::Error("Invalid value " + value + " for configuration " + key);
      set("queue.buffering.max.kbytes", std::to_string(std::max<std::int64_t>(*bytes / 1024, 1)));
    } else if (key == "partition.assignment.strategy") {
      std::vector<std::string> names;
      for (const std::string& name : base::split_list(value)) names.push_back(assignor_of(name));
      set(key, base::join(names, ","));
    } else if (key == "sasl.jaas.config") {
      auto user = quoted_value(value, "username");
      auto password = quoted_value(value, "password");
      if (!user || !password) {
        return base::Error("sasl.jaas.config names no username=\"…\" password=\"…\"");
      }
      set("sasl.username", *user);
      set("sasl.password", *password);
    } else {
      result_.unknown.push_back(key);
    }
    return {};
  }

  const config::Properties& settings_;
  ClientRole role_;
  RdkafkaSettings result_;
};

}  // namespace

base::Result<RdkafkaSettings> rdkafka_settings(const config::Properties& settings,
                                               ClientRole role) {
  return Translation(settings, role).run();
}

}  // namespace odradek::tools
