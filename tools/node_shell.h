// NodeShell: the commands of zookeeper-shell, carried out and printed as ZooKeeper's own command
// line does.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tools/shell_command.h"
#include "zk/client/session.h"

namespace odradek::tools {

class NodeShell {
 public:
  // The session has no chroot of its own: `chroot` (empty for none) is put before every path here,
  // because a session would make a chroot that is missing.
  NodeShell(zk::Session& session, std::string chroot)
      : session_(session), chroot_(std::move(chroot)) {}

  // The error is what goes to standard error.
  base::Status run(const std::vector<std::string>& words);
  // A command has ended the session.
  bool is_closed() const { return closed_; }

 private:
  base::Status run(ShellCommand command);
  base::Status list(const ShellCommand& command, const std::string& path);
  base::Status list_tree(const ShellCommand& command, const std::string& path);
  base::Status print_below(const ShellCommand& command, const std::string& path);
  base::Status get(const ShellCommand& command, const std::string& path);
  base::Status set(const ShellCommand& command, const std::string& path);
  base::Status create(const ShellCommand& command, const std::string& path);
  base::Status remove(const ShellCommand& command, const std::string& path);
  base::Status remove_tree(const std::string& path);
  base::Status show_stat(const ShellCommand& command, const std::string& path);
  base::Status show_acl(const ShellCommand& command, const std::string& path);
  base::Status set_acl(const ShellCommand& command, const std::string& path);
  base::Status sync(const std::string& path);
  base::Status count_below(const std::string& path);

  std::string full(const std::string& path) const;
  std::string shown(const std::string& full_path) const;
  base::Error error_of(zk::Code code, const std::string& path) const;
  // One event of a kind at this path will be printed.
  void watch_node(const std::string& path);
  void watch_children(const std::string& path);
  void print_event(const char* type, const std::string& path) const;

  zk::Session& session_;
  const std::string chroot_;
  bool prints_watches_ = true;
  bool closed_ = false;
};

}  // namespace odradek::tools
