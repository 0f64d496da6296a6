#include "node/witness/name_lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tamga::witness {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* found) const { ::freeaddrinfo(found); }
};

}  // namespace

absl::StatusOr<Addresses> AskSystemForAddresses(const std::string& host) {
  addrinfo wanted = {};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &first);
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat("the address of ", host, " is not found: ", ::gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> found(first);
  Addresses addresses;
  for (const addrinfo* next = first; next != nullptr; next = next->ai_next) {
    char text[NI_MAXHOST] = {};
    if (::getnameinfo(next->ai_addr, next->ai_addrlen, text, sizeof(text), nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text);
    }
  }
  return addresses;
}

NameLookup::NameLookup(std::string host, Ask ask) : host_(std::move(host)), ask_(std::move(ask)) {}

absl::StatusOr<Addresses> NameLookup::Find(absl::Duration time) {
  Answer answer;
  {
    MutexLock lock(mutex_);
    if (!under_way_.valid()) {
      std::packaged_task<absl::StatusOr<Addresses>()> task([ask = ask_, host = host_] { return ask(host); });
      under_way_ = task.get_future().share();
      std::thread(std::move(task)).detach();
    }
    answer = under_way_;
  }
  if (answer.wait_for(absl::ToChronoNanoseconds(time)) != std::future_status::ready) {
    return absl::DeadlineExceededError(absl::StrCat("the address of ", host_, " is not found in time"));
  }
  MutexLock lock(mutex_);
  under_way_ = {};
  return answer.get();
}

}  // namespace tamga::witness
