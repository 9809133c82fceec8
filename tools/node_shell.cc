#include "tools/node_shell.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <optional>
#include <utility>

#include "base/text.h"
#include "zk/store/nodes.h"

namespace odradek::tools {
namespace {

// As java.util.Date prints it.
std::string date_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[64];
  std::strftime(text, sizeof(text), "%a %b %d %H:%M:%S %Z %Y", &parts);
  return text;
}

void print_stat(const zk::Stat& stat) {
  auto hex = [](std::int64_t number) {
    char text[32];
    std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(number));
    return std::string(text);
  };
  std::printf("cZxid = %s\nctime = %s\nmZxid = %s\nmtime = %s\npZxid = %s\n",
              hex(stat.czxid).c_str(), date_text(stat.ctime_ms).c_str(), hex(stat.mzxid).c_str(),
              date_text(stat.mtime_ms).c_str(), hex(stat.pzxid).c_str());
  std::printf("cversion = %d\ndataVersion = %d\naclVersion = %d\n", stat.children_version,
              stat.version, stat.acl_version);
  std::printf("ephemeralOwner = %s\ndataLength = %d\nnumChildren = %d\n",
              hex(stat.ephemeral_owner).c_str(), stat.data_bytes, stat.num_children);
}

constexpr std::pair<char, std::int32_t> kPermissions[] = {
    {'c', 4}, {'d', 8}, {'r', 1}, {'w', 2}, {'a', 16}};

// "cdrwa"; letters that mean nothing are told and left out.
std::int32_t permissions_of(std::string_view text) {
  std::int32_t permissions = 0;
  for (char each : text) {
    const auto* known =
        std::ranges::find(kPermissions, each, &std::pair<char, std::int32_t>::first);
    if (known == std::end(kPermissions)) {
      std::fprintf(stderr, "Unknown perm type: %c\n", each);
    } else {
      permissions |= known->second;
    }
  }
  return permissions;
}

// "scheme:id:perm,…"; the id may hold colons. What has another form is told and left out.
std::vector<zk::AclEntry> parse_acl(const std::string& text) {
  std::vector<zk::AclEntry> entries;
  for (const std::string& each : base::split_list(text, ',')) {
    const std::size_t first = each.find(':');
    const std::size_t last = each.rfind(':');
    if (first == last) {
      std::fprintf(stderr, "%s does not have the form scheme:id:perm\n", each.c_str());
      continue;
    }
    entries.push_back({each.substr(0, first), each.substr(first + 1, last - first - 1),
                       permissions_of(std::string_view(each).substr(last + 1))});
  }
  return entries;
}

std::string permission_text(std::int32_t permissions) {
  std::string text;
  for (const auto& [letter, bit] : kPermissions) {
    if ((permissions & bit) != 0) text += letter;
  }
  return text;
}

base::Status check_path(const std::string& path) {
  if (path.empty()) return base::Error("Path length must be > 0");
  if (path[0] != '/') return base::Error("Path must start with / character");
  if (path.size() > 1 && path.back() == '/') {
    return base::Error("Path must not end with / character");
  }
  if (!zk::is_valid_path(path)) return base::Error("Invalid path string \"" + path + "\"");
  return {};
}

base::Result<std::int32_t> version_of(const ShellCommand& command) {
  auto given = command.options.find('v');
  if (given == command.options.end()) return zk::kAnyVersion;
  auto version = base::parse_int<std::int32_t>(given->second);
  if (!version) return base::Error("For input string: \"" + given->second + "\"");
  return *version;
}

std::string child_path(const std::string& parent, const std::string& name) {
  return (parent == "/" ? "" : parent) + "/" + name;
}

// Words of old releases, put as the present ones.
void modernise(ShellCommand& command) {
  if (command.name == "ls2") {
    std::fprintf(stderr, "'ls2' has been deprecated. Please use 'ls [-s] path' instead.\n");
    command.name = "ls";
    command.options['s'];
  }
  if (command.name == "rmr") {
    std::fprintf(stderr,
                 "The command 'rmr' has been deprecated. Please use 'deleteall' instead.\n");
    command.name = "deleteall";
  }
  const bool may_watch = command.name == "ls" || command.name == "get" || command.name == "stat";
  if (may_watch && command.words.size() > 1) {
    std::fprintf(stderr,
                 "'%s path [watch]' has been deprecated. Please use '%s %s[-w] path' instead.\n",
                 command.name.c_str(), command.name.c_str(), command.name == "get" ? "[-s] " : "");
    command.options['w'];
  }
}

}  // namespace

std::string NodeShell::full(const std::string& path) const {
  if (chroot_.empty()) return path;
  return path == "/" ? chroot_ : chroot_ + path;
}

std::string NodeShell::shown(const std::string& full_path) const {
  const std::string path = full_path.substr(chroot_.size());
  return path.empty() ? "/" : path;
}

base::Error NodeShell::error_of(zk::Code code, const std::string& path) const {
  switch (code) {
    case zk::Code::kNoNode:
      return base::Error("Node does not exist: " + path);
    case zk::Code::kNodeExists:
      return base::Error("Node already exists: " + path);
    case zk::Code::kNotEmpty:
      return base::Error("Node not empty: " + path);
    case zk::Code::kNoChildrenForEphemerals:
      return base::Error("Ephemerals cannot have children: " + path);
    case zk::Code::kInvalidAcl:
      return base::Error("Acl is not valid : " + path);
    case zk::Code::kNoAuth:
      return base::Error("Insufficient permission : " + path);
    case zk::Code::kBadArguments:
      return base::Error("Arguments are not valid : " + path);
    case zk::Code::kBadVersion:
      return base::Error("version No is not valid : " + path);
    default:
      return base::Error("KeeperErrorCode = " + std::string(zk::to_string(code)) + " for " + path);
  }
}

void NodeShell::print_event(const char* type, const std::string& path) const {
  if (!prints_watches_) return;
  std::printf("\nWATCHER::\n\nWatchedEvent state:SyncConnected type:%s path:%s\n", type,
              path.c_str());
  std::fflush(stdout);
}

void NodeShell::watch_node(const std::string& path) {
  session_.watches().set_node_handler(full(path), [this, path](zk::NodeEvent event) {
    const char* type = "NodeDataChanged";
    if (event == zk::NodeEvent::kCreated) type = "NodeCreated";
    if (event == zk::NodeEvent::kDeleted) type = "NodeDeleted";
    print_event(type, path);
    session_.watches().remove_node_handler(full(path));
  });
}

void NodeShell::watch_children(const std::string& path) {
  session_.watches().set_child_handler(full(path), [this, path] {
    print_event("NodeChildrenChanged", path);
    session_.watches().remove_child_handler(full(path));
  });
}

base::Status NodeShell::run(const std::vector<std::string>& words) {
  auto command = parse_shell_command(words);
  if (!command) return command.error();
  return run(std::move(*command));
}

base::Status NodeShell::run(ShellCommand command) {
  modernise(command);
  const std::string& name = command.name;
  if (name == "quit" || name == "close") {
    closed_ = true;
    return {};
  }
  if (name == "printwatches") {
    if (command.words.empty()) std::printf("printwatches is %s\n", prints_watches_ ? "on" : "off");
    if (!command.words.empty()) prints_watches_ = command.words.front() == "on";
    return {};
  }
  const std::string& path = command.words.front();
  if (base::Status fine = check_path(path); !fine) return fine;
  if (name == "ls") return command.has('R') ? list_tree(command, path) : list(command, path);
  if (name == "get") return get(command, path);
  if (name == "set") return set(command, path);
  if (name == "create") return create(command, path);
  if (name == "delete") return remove(command, path);
  if (name == "deleteall") return remove_tree(path);
  if (name == "stat") return show_stat(command, path);
  if (name == "getAcl") return show_acl(command, path);
  if (name == "setAcl") return set_acl(command, path);
  if (name == "sync") return sync(path);
  return count_below(path);
}

base::Status NodeShell::list(const ShellCommand& command, const std::string& path) {
  if (command.has('w')) watch_children(path);
  zk::Response found = session_.call(zk::GetChildren{full(path)});
  if (!found.ok()) return error_of(found.code, path);
  std::sort(found.children.begin(), found.children.end());
  std::printf("[%s]\n", base::join(found.children, ", ").c_str());
  if (command.has('s')) print_stat(found.stat);
  return {};
}

base::Status NodeShell::list_tree(const ShellCommand& command, const std::string& path) {
  if (command.has('w')) watch_node(path);
  const zk::Response found = session_.call(zk::GetData{full(path)});
  if (!found.ok()) return error_of(found.code, path);
  std::puts(path.c_str());
  return print_below(command, path);
}

// The children first and then what is below each, as ZooKeeper's own shell does; by a list of what
// is left to do, so that no depth of nodes is too deep.
base::Status NodeShell::print_below(const ShellCommand& command, const std::string& path) {
  std::vector<std::string> left{path};
  while (!left.empty()) {
    const std::string parent = std::move(left.back());
    left.pop_back();
    if (command.has('w')) watch_children(parent);
    zk::Response found = session_.call(zk::GetChildren{full(parent)});
    if (found.code == zk::Code::kNoNode) continue;  // went away meanwhile
    if (!found.ok()) return error_of(found.code, parent);
    std::sort(found.children.begin(), found.children.end());
    for (const std::string& name : found.children) std::puts(child_path(parent, name).c_str());
    for (auto name = found.children.rbegin(); name != found.children.rend(); ++name) {
      left.push_back(child_path(parent, *name));
    }
  }
  return {};
}

base::Status NodeShell::get(const ShellCommand& command, const std::string& path) {
  if (command.has('w')) watch_node(path);
  const zk::Response found = session_.call(zk::GetData{full(path)});
  if (!found.ok()) return error_of(found.code, path);
  const std::string text = found.data.value_or("null");
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::putchar('\n');
  if (command.has('s')) print_stat(found.stat);
  return {};
}

base::Status NodeShell::set(const ShellCommand& command, const std::string& path) {
  auto version = version_of(command);
  if (!version) return version.error();
  const zk::Response done = session_.call(zk::SetData{full(path), command.words[1], *version});
  if (!done.ok()) return error_of(done.code, path);
  if (command.has('s')) print_stat(done.stat);
  return {};
}

base::Status NodeShell::create(const ShellCommand& command, const std::string& path) {
  if (command.has('c') || command.has('t')) {
    return base::Error("Containers and nodes with a time to live are not made here.");
  }
  if (command.words.size() > 2) {
    return base::Error("Nodes are made with the ACL world:anyone:cdrwa here: leave out " +
                       command.words[2]);
  }
  zk::Create create{full(path), std::nullopt, zk::CreateMode::kPersistent, zk::Acl::kOpen};
  if (command.words.size() > 1) create.data = command.words[1];
  if (command.has('e') && command.has('s')) {
    create.mode = zk::CreateMode::kEphemeralSequential;
  } else if (command.has('e')) {
    create.mode = zk::CreateMode::kEphemeral;
  } else if (command.has('s')) {
    create.mode = zk::CreateMode::kPersistentSequential;
  }
  const zk::Response created = session_.call(std::move(create));
  if (!created.ok()) return error_of(created.code, path);
  std::fprintf(stderr, "Created %s\n", shown(created.path).c_str());
  return {};
}

base::Status NodeShell::remove(const ShellCommand& command, const std::string& path) {
  auto version = version_of(command);
  if (!version) return version.error();
  const zk::Response done = session_.call(zk::Delete{full(path), *version});
  return done.ok() ? base::Status() : error_of(done.code, path);
}

base::Status NodeShell::remove_tree(const std::string& path) {
  if (path == "/") return error_of(zk::Code::kBadArguments, path);
  const zk::Response found = session_.call(zk::Exists{full(path)});
  if (!found.ok()) return error_of(found.code, path);
  return zk::delete_recursive(session_, full(path));
}

base::Status NodeShell::show_stat(const ShellCommand& command, const std::string& path) {
  if (command.has('w')) watch_node(path);
  const zk::Response found = session_.call(zk::Exists{full(path)});
  if (!found.ok()) return error_of(found.code, path);
  print_stat(found.stat);
  return {};
}

base::Status NodeShell::show_acl(const ShellCommand& command, const std::string& path) {
  const zk::Response found = session_.call(zk::GetAcl{full(path)});
  if (!found.ok()) return error_of(found.code, path);
  for (const zk::AclEntry& entry : found.acl) {
    std::printf("'%s,'%s\n: %s\n", entry.scheme.c_str(), entry.id.c_str(),
                permission_text(entry.permissions).c_str());
  }
  if (command.has('s')) print_stat(found.stat);
  return {};
}

base::Status NodeShell::set_acl(const ShellCommand& command, const std::string& path) {
  const std::vector<zk::AclEntry> acl = parse_acl(command.words[1]);
  auto version = version_of(command);
  if (!version) return version.error();
  // ZooKeeper's own client knows no path there.
  if (acl.empty()) return base::Error("Acl is not valid : null");
  std::vector<std::string> left{path};
  while (!left.empty()) {
    const std::string next = std::move(left.back());
    left.pop_back();
    const zk::Response changed = session_.call(zk::SetAcl{full(next), acl, *version});
    if (!changed.ok()) return error_of(changed.code, next);
    if (!command.has('R')) break;
    const zk::Response below = session_.call(zk::GetChildren{full(next)});
    if (!below.ok()) return error_of(below.code, next);
    for (const std::string& name : below.children) left.push_back(child_path(next, name));
  }
  if (!command.has('s')) return {};
  const zk::Response found = session_.call(zk::Exists{full(path)});
  if (!found.ok()) return error_of(found.code, path);
  print_stat(found.stat);
  return {};
}

base::Status NodeShell::sync(const std::string& path) {
  const zk::Response done = session_.call(zk::Sync{full(path)});
  if (done.ok()) {
    std::puts("Sync is OK");
  } else {
    std::printf("Sync has failed. rc=%d\n", static_cast<int>(done.code));
  }
  return {};
}

base::Status NodeShell::count_below(const std::string& path) {
  std::vector<std::string> left{path};
  std::size_t count = 0;
  while (!left.empty()) {
    const std::string parent = std::move(left.back());
    left.pop_back();
    const zk::Response found = session_.call(zk::GetChildren{full(parent)});
    if (found.code == zk::Code::kNoNode && parent != path) continue;
    if (!found.ok()) return error_of(found.code, parent);
    count += found.children.size();
    for (const std::string& name : found.children) left.push_back(child_path(parent, name));
  }
  std::printf("%zu\n", count);
  return {};
}

}  // namespace odradek::tools
