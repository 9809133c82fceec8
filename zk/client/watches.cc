#include "zk/client/watches.h"

#include <utility>

namespace odradek::zk {
namespace {

NodeEvent node_event(WatchEvent::Type type) {
  switch (type) {
    case WatchEvent::Type::kCreated:
      return NodeEvent::kCreated;
    case WatchEvent::Type::kDeleted:
      return NodeEvent::kDeleted;
    case WatchEvent::Type::kDataChanged:
    case WatchEvent::Type::kChildrenChanged:
      break;
  }
  return NodeEvent::kDataChanged;
}

template <class Map>
typename Map::mapped_type find_handler(const Map& handlers, const std::string& path) {
  auto found = handlers.find(path);
  return found == handlers.end() ? nullptr : found->second;
}

}  // namespace

void Watches::set_node_handler(const std::string& path, NodeHandler handler) {
  base::MutexLock lock(mutex_);
  node_handlers_[path] = std::make_shared<NodeHandler>(std::move(handler));
}

void Watches::set_child_handler(const std::string& path, ChildHandler handler) {
  base::MutexLock lock(mutex_);
  child_handlers_[path] = std::make_shared<ChildHandler>(std::move(handler));
}

void Watches::remove_node_handler(const std::string& path) {
  base::MutexLock lock(mutex_);
  node_handlers_.erase(path);
  wait_until_idle(path);
}

void Watches::remove_child_handler(const std::string& path) {
  base::MutexLock lock(mutex_);
  child_handlers_.erase(path);
  wait_until_idle(path);
}

bool Watches::has_node_handler(const std::string& path) const {
  base::MutexLock lock(mutex_);
  return node_handlers_.contains(path);
}

bool Watches::has_child_handler(const std::string& path) const {
  base::MutexLock lock(mutex_);
  return child_handlers_.contains(path);
}

void Watches::deliver(const WatchEvent& event) {
  std::shared_ptr<NodeHandler> on_node;
  std::shared_ptr<ChildHandler> on_children;
  {
    base::MutexLock lock(mutex_);
    if (event.type == WatchEvent::Type::kChildrenChanged) {
      on_children = find_handler(child_handlers_, event.path);
    } else {
      on_node = find_handler(node_handlers_, event.path);
    }
    running_path_ = event.path;
    running_thread_ = std::this_thread::get_id();
  }
  if (on_children) (*on_children)();
  if (on_node) (*on_node)(node_event(event.type));
  base::MutexLock lock(mutex_);
  running_path_.clear();
  running_thread_ = std::thread::id();
  idle_.notify_all();
}

void Watches::wait_until_idle(const std::string& path) {
  while (running_path_ == path && running_thread_ != std::this_thread::get_id()) {
    idle_.wait(mutex_);
  }
}

}  // namespace odradek::zk
