// Builds an hnswlib index over the vectors of a file and searches it, on one thread. Arguments: dimensions, vectors, vectors file, queries, queries file, truth file (10 ids a query,
// 32-bit), efs. Prints "build SECONDS", then "EF RECALL QUERIES-A-SECOND" lines. Debian: apt-get install libhnswlib-dev g++.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <unordered_set>
#include <vector>
#include <hnswlib/hnswlib.h>

template <typename T> static std::vector<T> load(const char* path, size_t count) {
    std::vector<T> values(count);
    FILE* file = std::fopen(path, "rb");
    if (!file || std::fread(values.data(), sizeof(T), count, file) != count) {
        std::fprintf(stderr, "cannot read %s\n", path);
        std::exit(1);
    }
    std::fclose(file);
    return values;
}

static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main(int argc, char** argv) {
    size_t d = std::atoi(argv[1]), n = std::atoi(argv[2]), q = std::atoi(argv[4]);
    auto vectors = load<float>(argv[3], n * d);
    auto queries = load<float>(argv[5], q * d);
    auto truth = load<int>(argv[6], q * 10);
    hnswlib::InnerProductSpace space(d);
    hnswlib::HierarchicalNSW<float> index(&space, n, 16, 200, 42);
    double start = now();
    for (size_t i = 0; i < n; i++) index.addPoint(vectors.data() + i * d, i);
    std::printf("build %f\n", now() - start);
    std::fflush(stdout);
    for (int a = 7; a < argc; a++) {
        index.setEf(std::atoi(argv[a]));
        size_t hits = 0;
        double best = 1e9;
        for (int round = 0; round < 3; round++) {
            hits = 0;
            start = now();
            for (size_t i = 0; i < q; i++) {
                auto found = index.searchKnn(queries.data() + i * d, 10);
                std::unordered_set<int> exact(truth.begin() + i * 10, truth.begin() + i * 10 + 10);
                for (; !found.empty(); found.pop()) hits += exact.count((int)found.top().second);
            }
            best = std::min(best, now() - start);
        }
        std::printf("%s %f %f\n", argv[a], hits / (q * 10.0), q / best);
        std::fflush(stdout);
    }
}
