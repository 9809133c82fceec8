// LiveListeners: the listeners of a running broker, added, removed and changed as settings say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/broker/registration.h"
#include "server/broker/settings.h"
#include "server/config/listeners.h"
#include "server/config/reconfigurable.h"
#include "server/network/socket_server.h"

namespace odradek::broker {

// What it works with, and keeps up to date; outlives it.
struct ListenerSurroundings {
  config::Listeners& listeners;
  TlsByListener& tls;
  network::SocketServer& sockets;
  Registration& registration;
};

// Belongs to whoever changes settings. A listener that exists keeps its address, its protocol and
// whatever is decided when a connection begins; stores of keys, limits and the number of its
// threads change at once. Connections of other listeners notice nothing.
class LiveListeners : public config::Reconfigurable {
 public:
  explicit LiveListeners(const ListenerSurroundings& surroundings) : s_(surroundings) {}

  std::vector<std::string_view> keys() const override;
  base::Status validate(const config::BrokerConfig& current,
                        const config::BrokerConfig& next) override;
  base::Status apply(const config::BrokerConfig& current,
                     const config::BrokerConfig& next) override;
  void reload_files(const config::BrokerConfig& current) override;

 private:
  base::Status check_existing(const config::BrokerConfig& current, const config::BrokerConfig& next,
                              const config::Listeners& wanted) const;
  base::Status check_stores(const config::BrokerConfig& current, const config::BrokerConfig& next,
                            const config::Listeners& wanted) const;
  base::Status apply_stores(const config::BrokerConfig& current, const config::BrokerConfig& next);
  void remove_unwanted(const config::Listeners& wanted);
  base::Status add(const config::BrokerConfig& next, const config::Listeners& wanted,
                   const config::Listener& listener);
  void resize(const config::BrokerConfig& next, const config::Listeners& wanted);
  base::Status advertise(config::Listeners& wanted);

  const ListenerSurroundings s_;
};

}  // namespace odradek::broker
