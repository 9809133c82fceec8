#include "server/controller/watched_nodes.h"

#include <utility>

namespace odradek::controller {

void WatchedNodes::children(std::string_view path, Event event) {
  std::string parent(path);
  watches_.set_child_handler(parent, [this, event = std::move(event)] { events_.put(event); });
  parents_.insert(std::move(parent));
}

void WatchedNodes::node(std::string_view path, Event event) {
  on_node(path, [this, event = std::move(event)](zk::NodeEvent) { events_.put(event); });
}

void WatchedNodes::data(std::string_view path, Event event) {
  on_node(path, [this, event = std::move(event)](zk::NodeEvent happened) {
    if (happened == zk::NodeEvent::kDataChanged) events_.put(event);
  });
}

void WatchedNodes::on_node(std::string_view path, std::function<void(zk::NodeEvent)> handler) {
  std::string name(path);
  watches_.set_node_handler(name, std::move(handler));
  nodes_.insert(std::move(name));
}

void WatchedNodes::forget_node(std::string_view path) {
  auto it = nodes_.find(path);
  if (it == nodes_.end()) return;
  watches_.remove_node_handler(*it);
  nodes_.erase(it);
}

void WatchedNodes::forget_all() {
  for (const std::string& path : nodes_) watches_.remove_node_handler(path);
  for (const std::string& path : parents_) watches_.remove_child_handler(path);
  nodes_.clear();
  parents_.clear();
}

}  // namespace odradek::controller
