// ListenerTls: the TLS context of one listener, exchanged when its keystore or truststore changes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/snapshot.h"
#include "server/config/reconfigurable.h"
#include "server/security/tls_context.h"

namespace odradek::security {

// server() and client() may be called from any thread, the rest from the one that changes settings.
class ListenerTls : public config::Reconfigurable {
 public:
  // `is_inter_broker`: brokers connect to this listener, so its own certificate must be trusted by
  // its own truststore; a change that breaks this is refused.
  static base::Result<std::unique_ptr<ListenerTls>> create(const config::BrokerConfig& config,
                                                           std::string listener_name,
                                                           bool is_inter_broker);

  // For new connections to this listener, and from this broker to others through it.
  std::shared_ptr<const TlsContext> server() const { return contexts_.read()->server; }
  std::shared_ptr<const TlsContext> client() const { return contexts_.read()->client; }

  std::vector<std::string_view> keys() const override;
  base::Status validate(const config::BrokerConfig& current,
                        const config::BrokerConfig& next) override;
  base::Status apply(const config::BrokerConfig& current,
                     const config::BrokerConfig& next) override;
  // When a store's file is another one than was read, or was written since.
  void reload_files(const config::BrokerConfig& current) override;

 private:
  struct Contexts {
    std::shared_ptr<const TlsContext> server;
    std::shared_ptr<const TlsContext> client;
  };

  // What tells a file that was written from the one before; of the key store's and the trust
  // store's.
  struct FileStamp {
    std::int64_t modified_ns = 0;
    std::int64_t size_bytes = 0;
    std::uint64_t inode = 0;
    bool operator==(const FileStamp&) const = default;
  };
  using Stamps = std::array<FileStamp, 2>;

  ListenerTls(std::string name, bool is_inter_broker)
      : name_(std::move(name)),
        key_prefix_("listener.name." + name_ + ".ssl."),
        is_inter_broker_(is_inter_broker) {}
  base::Result<Contexts> build(const config::BrokerConfig& config) const;
  Stamps stamps_of(const config::BrokerConfig& config) const;
  // Whether peers that knew the old certificate will know the new one.
  base::Status check_replacement(const TlsContext& old, const TlsContext& next,
                                 const config::BrokerConfig& config) const;

  const std::string name_;  // lower case
  const std::string key_prefix_;
  const bool is_inter_broker_;
  Stamps stamps_;
  base::Snapshot<Contexts> contexts_;
};

}  // namespace odradek::security
