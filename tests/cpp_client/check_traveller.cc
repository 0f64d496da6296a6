// An agency system's client in C++, with nothing but gRPC and the contracts: checks one traveller over mutual TLS.
//
//   check_traveller ADDRESS NODE_DNS_NAME ROOTS.pem CERT.pem KEY.pem MRZ_LINE_1 MRZ_LINE_2 [PARTNER…]
//
// NODE_DNS_NAME is the DNS name in the node's certificate, "border-service.kaz.tamga". Exit status: 0 answered, 1
// refused, 2 wrong usage.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/grpcpp.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"

namespace {

std::string ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The machine-readable part of an error.
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const auto& detail : details.details()) detail.UnpackTo(&info);
  return info.reason();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fputs("usage: check_traveller ADDRESS NODE_DNS_NAME ROOTS CERT KEY MRZ_LINE_1 MRZ_LINE_2 [PARTNER...]\n",
               stderr);
    return 2;
  }
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = ReadFile(argv[3]);
  tls.pem_cert_chain = ReadFile(argv[4]);
  tls.pem_private_key = ReadFile(argv[5]);
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(argv[2]);  // the node's certificate must be for this name, wherever it runs
  const auto channel = grpc::CreateCustomChannel(argv[1], grpc::SslCredentials(tls), arguments);
  const auto stub = tamga::v1::WatchlistService::NewStub(channel);

  tamga::v1::CheckTravellerRequest request;
  request.mutable_context()->set_purpose(tamga::v1::PURPOSE_BORDER_CHECK);
  request.mutable_context()->set_case_reference("LANE-7");
  request.mutable_context()->set_officer("4711");
  request.add_mrz_lines(argv[6]);
  request.add_mrz_lines(argv[7]);
  for (int i = 8; i < argc; ++i) request.add_partners(argv[i]);

  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  tamga::v1::CheckTravellerResponse response;
  const grpc::Status status = stub->CheckTraveller(&context, request, &response);
  if (!status.ok()) {
    std::printf("refused: %s (%s)\n", status.error_message().c_str(), ReasonOf(status).c_str());
    return 1;
  }
  std::printf("%s\n", tamga::v1::Advice_Name(response.advice()).c_str());
  for (const auto& source : response.sources()) {
    std::printf("%s: %s\n", source.source().c_str(), tamga::v1::SourceStatus_Name(source.status()).c_str());
  }
  return 0;
}
