#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>

#include "server/config/listeners.h"

namespace odradek::config {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(const char* name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(name, nullptr, &hints, &list) != 0) return nullptr;
  return Addresses(list);
}

std::string name_of(const addrinfo& address, int flags) {
  char text[NI_MAXHOST];
  if (getnameinfo(address.ai_addr, address.ai_addrlen, text, sizeof(text), nullptr, 0, flags) !=
      0) {
    return {};
  }
  return text;
}

bool same_address(const addrinfo& a, const addrinfo& b) {
  return a.ai_addrlen == b.ai_addrlen && std::memcmp(a.ai_addr, b.ai_addr, a.ai_addrlen) == 0;
}

}  // namespace

// Java's way: the host name's first address, the name that address has, and the address itself as
// text when that name does not lead back to it.
std::string canonical_local_host_name() {
  char own_name[256] = {};
  if (gethostname(own_name, sizeof(own_name) - 1) != 0) return "localhost";
  Addresses own = resolve(own_name);
  if (!own) return "localhost";
  const addrinfo* address = own.get();
  for (const addrinfo* at = own.get(); at != nullptr; at = at->ai_next) {
    if (at->ai_family != AF_INET) continue;
    address = at;
    break;
  }
  std::string name = name_of(*address, NI_NAMEREQD);
  if (!name.empty()) {
    Addresses back = resolve(name.c_str());
    for (const addrinfo* at = back.get(); at != nullptr; at = at->ai_next) {
      if (same_address(*at, *address)) return name;
    }
  }
  std::string number = name_of(*address, NI_NUMERICHOST);
  return number.empty() ? "localhost" : number;
}

}  // namespace odradek::config
