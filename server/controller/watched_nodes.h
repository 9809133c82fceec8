// WatchedNodes: the watch handlers of the active controller, each of which puts an event into the
// queue.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "server/controller/event_queue.h"
#include "zk/client/watches.h"

namespace odradek::controller {

// Belongs to the controller's event thread. A handler arms nothing: the next read of the path does.
class WatchedNodes {
 public:
  WatchedNodes(zk::Watches& watches, EventQueue& events) : watches_(watches), events_(events) {}
  ~WatchedNodes() { forget_all(); }

  void children(std::string_view path, Event event);
  // The event whenever the node was created, deleted, or its data changed.
  void node(std::string_view path, Event event);
  // The event when the node's data changed, and only then.
  void data(std::string_view path, Event event);
  void forget_node(std::string_view path);
  void forget_all();

 private:
  void on_node(std::string_view path, std::function<void(zk::NodeEvent)> handler);

  zk::Watches& watches_;
  EventQueue& events_;
  std::set<std::string, std::less<>> nodes_;
  std::set<std::string, std::less<>> parents_;
};

}  // namespace odradek::controller
