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

}  // namespace

void Watches::set_node_handler(const std::string& path, NodeHandler handler) {
  base::MutexLock lock(mutex_);
  nodes_[path].handler = std::make_shared<NodeHandler>(std::move(handler));
}

void Watches::set_child_handler(const std::string& path, ChildHandler handler) {
  base::MutexLock lock(mutex_);
  children_[path].handler = std::make_shared<ChildHandler>(std::move(handler));
}

void Watches::remove_node_handler(const std::string& path) {
  base::MutexLock lock(mutex_);
  remove(nodes_, path);
  wait_until_idle(path);
}

void Watches::remove_child_handler(const std::string& path) {
  base::MutexLock lock(mutex_);
  remove(children_, path);
  wait_until_idle(path);
}

bool Watches::has_node_handler(const std::string& path) const {
  base::MutexLock lock(mutex_);
  return nodes_.contains(path);
}

bool Watches::arm_node(const std::string& path) {
  base::MutexLock lock(mutex_);
  return arm(nodes_, path);
}

bool Watches::arm_children(const std::string& path) {
  base::MutexLock lock(mutex_);
  return arm(children_, path);
}

std::size_t Watches::armed_bytes(std::size_t prefix_bytes) const {
  constexpr std::size_t kLengthBytes = 4;
  base::MutexLock lock(mutex_);
  return armed_path_bytes_ + armed_ * (kLengthBytes + prefix_bytes);
}

void Watches::disarm_all() {
  base::MutexLock lock(mutex_);
  for (auto& [path, watch] : nodes_) disarm(path, watch);
  for (auto& [path, watch] : children_) disarm(path, watch);
}

template <class Handler>
bool Watches::arm(ByPath<Handler>& watches, const std::string& path) {
  auto found = watches.find(path);
  if (found == watches.end()) return false;
  if (!std::exchange(found->second.is_armed, true)) {
    ++armed_;
    armed_path_bytes_ += path.size();
  }
  return true;
}

template <class Handler>
void Watches::disarm(const std::string& path, Watch<Handler>& watch) {
  if (!std::exchange(watch.is_armed, false)) return;
  --armed_;
  armed_path_bytes_ -= path.size();
}

template <class Handler>
std::shared_ptr<Handler> Watches::fire(ByPath<Handler>& watches, const std::string& path) {
  auto found = watches.find(path);
  if (found == watches.end()) return nullptr;
  disarm(path, found->second);
  return found->second.handler;
}

template <class Handler>
void Watches::remove(ByPath<Handler>& watches, const std::string& path) {
  auto found = watches.find(path);
  if (found == watches.end()) return;
  disarm(path, found->second);
  watches.erase(found);
}

void Watches::deliver(const WatchEvent& event) {
  std::shared_ptr<NodeHandler> on_node;
  std::shared_ptr<ChildHandler> on_children;
  {
    base::MutexLock lock(mutex_);
    if (event.type == WatchEvent::Type::kChildrenChanged) {
      on_children = fire(children_, event.path);
    } else {
      on_node = fire(nodes_, event.path);
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
